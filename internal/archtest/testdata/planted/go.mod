module github.com/fourfold/fourfold

go 1.26.0
