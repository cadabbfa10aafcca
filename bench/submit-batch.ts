// Submitting a batch by HTTP, and checking that all of it was taken.

/** The body of a batch. */
export function batchOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Submits a batch and checks that every one of its lines was acknowledged. */
export async function postBatch(address: string, body: string, count: number): Promise<void> {
  const response = await fetch(`${address}/api/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const answers = (await response.text()).trimEnd().split('\n');
  const refused = answers.find((line) => !line.includes('"receipt"'));
  if (!response.ok || answers.length !== count || refused !== undefined) {
    throw new Error(`The batch was not taken whole: ${refused ?? `${answers.length} of ${count} answers`}`);
  }
}
