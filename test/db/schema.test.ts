import { expect, it } from 'vitest';
import { dumpSchema } from '../../db/dump-schema.ts';
import { describeDatabases } from '../support/database.ts';

describeDatabases('the schema', (open) => {
  it('is the one in db/schema.sql, on every PostgreSQL', async () => {
    await expect(await dumpSchema(await open())).toMatchFileSnapshot('../../db/schema.sql');
  });
});
