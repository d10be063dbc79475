package person

import _ "github.com/fourfold/fourfold/internal/app"
