package mse

import (
	_ "database/sql"

	_ "github.com/fourfold/fourfold/analysis/causal"
)
