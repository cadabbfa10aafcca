// SQL with its parameters, before it is run: what a change to the database can be made of ahead of time.

export interface Command {
  readonly text: string;
  readonly values: readonly unknown[];
}
