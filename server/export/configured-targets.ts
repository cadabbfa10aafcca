// The targets that the configuration names: a folder, a bucket, both or none.

import type { ExportConfig } from '../config.ts';
import type { ExportTarget } from './export-target.ts';
import { openFolderTarget } from './folder-target.ts';
import { openS3Target } from './s3-target.ts';

/** How to open each of them. */
export function configuredTargets({ folder, s3 }: ExportConfig): (() => Promise<ExportTarget>)[] {
  return [
    ...(folder === undefined ? [] : [() => openFolderTarget(folder)]),
    ...(s3 === undefined ? [] : [() => openS3Target(s3)]),
  ];
}
