// express-session's store over our own table, because ids are kept hashed there and listed by account.

import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { deleteSession, readSession, touchSession, writeSession } from '../../db/sessions.ts';
import type { Database } from '../../db/database.ts';

declare module 'express-session' {
  interface SessionData {
    /** What the browser called itself when the session began. */
    userAgent?: string | undefined;
    passport?: { readonly user?: string };
  }
}

type Done<Value = void> = (error?: unknown, value?: Value) => void;

/** SHA-256 of a session id: what the table knows it by. */
export function hashSid(sid: string): Uint8Array {
  return createHash('sha256').update(sid).digest();
}

/** A store over the database; it throws nothing, errors go to the callbacks. */
export class DatabaseStore extends Store {
  readonly #db: Database;
  readonly #clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    super();
    this.#db = db;
    this.#clock = clock;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    readSession(this.#db, hashSid(sid), this.#clock()).then(
      (data) => {
        done(null, (data as SessionData | undefined) ?? null);
      },
      (error: unknown) => {
        done(error);
      },
    );
  }

  override set(sid: string, session: SessionData, done: Done = ignore): void {
    const now = this.#clock();
    const { maxAge } = session.cookie;
    const write = writeSession(this.#db, {
      sidHash: hashSid(sid),
      accountId: session.passport?.user,
      data: JSON.stringify(session),
      userAgent: session.userAgent,
      now,
      expiresAt: new Date(now.getTime() + (maxAge ?? 0)),
    });
    settle(write, done);
  }

  override destroy(sid: string, done: Done = ignore): void {
    settle(deleteSession(this.#db, hashSid(sid)), done);
  }

  override touch(sid: string, _session: SessionData, done: Done = ignore): void {
    settle(touchSession(this.#db, hashSid(sid), this.#clock()), done);
  }
}

function ignore(): void {
  // Nobody waits.
}

function settle(work: Promise<void>, done: Done): void {
  work.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error);
    },
  );
}
