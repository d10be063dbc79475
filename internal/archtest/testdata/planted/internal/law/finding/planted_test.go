package finding_test

import (
	_ "github.com/google/go-cmp/cmp"

	_ "github.com/fourfold/fourfold/internal/db/dbtest"
	_ "github.com/fourfold/fourfold/internal/web"
)
