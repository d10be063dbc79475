package fault

import _ "github.com/fourfold/fourfold/internal/db"
