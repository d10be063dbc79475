package app

import (
	_ "github.com/fourfold/fourfold/internal/law/finding"
)
