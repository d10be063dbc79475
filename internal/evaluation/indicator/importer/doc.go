// Package importer reads files of published statistics, row by row, and tells exactly what is
// wrong with them.
//
// Trust: a file may be hostile. Reading is streaming with fixed bounds on bytes, rows, line length,
// field length and compression ratio; nothing in a file is executed, and a cell that a spreadsheet
// would execute is refused. The package knows nothing of the database: it hands rows to a function.
package importer
