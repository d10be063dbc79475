package indicator

import (
	_ "github.com/fourfold/fourfold/analysis/causal"
	_ "github.com/fourfold/fourfold/internal/db/dbtest"
)
