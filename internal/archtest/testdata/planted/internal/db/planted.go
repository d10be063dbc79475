package db

import _ "github.com/fourfold/fourfold/internal/evaluation/indicator"
