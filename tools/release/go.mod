module github.com/fourfold/fourfold/tools/release

go 1.26.0
