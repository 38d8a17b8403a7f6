import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2'

/** Values of a statement's `:name` placeholders. */
export type Values = Record<string, string | number | null | string[]>

/** Statements on one connection, each within its time. */
export interface Session {
  readonly connection: Connection
  select(sql: string, values?: Values): Promise<RowDataPacket[]>
  execute(sql: string, values?: Values): Promise<ResultSetHeader>
}

/**
 * A session on a connection that was made with named placeholders. A list is one placeholder: `IN (:states)`.
 * @param timeoutMs past it a statement fails, and the connection is of no more use
 */
export function sessionOn(connection: Connection, timeoutMs: number): Session {
  const promised = connection.promise()
  return {
    connection,
    async select(sql, values = {}) {
      const [rows] = await promised.query<RowDataPacket[]>({ sql, values, timeout: timeoutMs })
      return rows
    },
    async execute(sql, values = {}) {
      const [result] = await promised.query<ResultSetHeader>({ sql, values, timeout: timeoutMs })
      return result
    },
  }
}
