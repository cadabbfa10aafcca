// Every command, in the order in which help lists them.

import type { CommandSpec } from '../command-spec.ts';
import { checkCommand } from './check.ts';
import { configCommand } from './config.ts';
import { digestCommand } from './digest.ts';
import { explainCommand } from './explain.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { logCommand } from './log.ts';
import { mirrorCommand } from './mirror.ts';
import { publishCommand } from './publish.ts';
import { retractCommand } from './retract.ts';
import { reviewCommand } from './review.ts';
import { setCommand } from './set.ts';
import { trustCommand } from './trust.ts';

export const commands: readonly CommandSpec[] = [
  checkCommand,
  explainCommand,
  digestCommand,
  reviewCommand,
  trustCommand,
  retractCommand,
  publishCommand,
  importCommand,
  setCommand,
  mirrorCommand,
  logCommand,
  initCommand,
  configCommand,
];
