// Compares the steps a dry run printed (as JSON) with those the journal of the last operation says were done.
import { readFileSync } from 'node:fs';
import sqlite3 from 'sqlite3';

const [printed, database] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(printed, 'utf8')).plan.steps;
const query = `SELECT seq, kind, host, object, status FROM step
  WHERE operation = (SELECT max(id) FROM operation) ORDER BY seq`;

const db = new sqlite3.Database(database, sqlite3.OPEN_READONLY);
db.all(query, (error, rows) => {
  if (error) throw error;
  const text = (step) => [step.seq, step.kind, step.host, step.object].join(' ');
  const same =
    rows.length === wanted.length &&
    rows.every((row, index) => row.status === 'done' && text(row) === text(wanted[index]));
  if (!same)
    console.error({ printed: wanted.map(text), ran: rows.map((row) => `${text(row)} ${row.status}`) });
  process.exitCode = same ? 0 : 1;
});
