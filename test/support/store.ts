import { afterEach } from '@jest/globals';
import { createDatabase, openDatabase, type Database } from '../../src/store/database.ts';
import { temporaryDirectory } from './files.ts';

/** Makes fresh state databases for one test file, and closes after each test what it has opened. */
export function databases(): {
  readonly path: () => Promise<string>;
  readonly open: (path: string, readOnly?: boolean) => Promise<Database>;
} {
  const directory = temporaryDirectory();
  const opened: Database[] = [];
  let count = 0;
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.source.destroy()));
  });
  return {
    path: async () => {
      const path = `${directory}/${count++}/state.db`;
      await createDatabase(path);
      return path;
    },
    open: async (path, readOnly = false) => {
      const database = await openDatabase(path, { readOnly });
      opened.push(database);
      return database;
    },
  };
}
