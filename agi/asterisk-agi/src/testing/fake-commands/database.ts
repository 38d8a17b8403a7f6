import type { FakeCommand } from './command.ts'
import { result, usage, value } from './outcome.ts'

/** DATABASE GET family key */
export const databaseGet: FakeCommand = ({ database }, [family, key, ...rest]) => {
  if (family === undefined || key === undefined || rest.length > 0) return usage()
  const found = database.get(`${family}/${key}`)
  return found === undefined ? result(0) : value(found)
}

/** DATABASE PUT family key value */
export const databasePut: FakeCommand = ({ database }, [family, key, text, ...rest]) => {
  if (family === undefined || key === undefined || text === undefined || rest.length > 0) return usage()
  database.set(`${family}/${key}`, text)
  return result(1)
}

/** DATABASE DEL family key: 1 also when there was nothing (main/db.c, ast_db_del). */
export const databaseDel: FakeCommand = ({ database }, [family, key, ...rest]) => {
  if (family === undefined || key === undefined || rest.length > 0) return usage()
  database.delete(`${family}/${key}`)
  return result(1)
}

/** DATABASE DELTREE family [tree]: 0 when something was deleted, 1 when nothing was; '' is everything. */
export const databaseDelTree: FakeCommand = ({ database }, [family, tree = '', ...rest]) => {
  if (family === undefined || rest.length > 0) return usage()
  if (family === '' && tree !== '') return result(1)
  const prefix = tree === '' ? family : `${family}/${tree}`
  const keys = [...database.keys()].filter((key) => prefix === '' || `${key}/`.startsWith(`${prefix}/`))
  for (const key of keys) database.delete(key)
  return result(keys.length > 0 ? 0 : 1)
}
