module github.com/fourfold/fourfold/tools/assets

go 1.26.0
