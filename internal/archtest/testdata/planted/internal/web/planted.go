package web

import (
	_ "github.com/ncruces/go-sqlite3/driver"

	_ "github.com/fourfold/fourfold/internal/app"
)
