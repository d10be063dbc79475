package finding

import (
	_ "github.com/jackc/pgx/v5"

	_ "github.com/fourfold/fourfold/internal/protection/person"
)
