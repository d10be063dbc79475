package accord

import (
	_ "github.com/cedar-policy/cedar-go"

	_ "github.com/fourfold/fourfold/exchange/record"
)
