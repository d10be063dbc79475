package main

import _ "github.com/fourfold/fourfold/internal/app"

func main() {}
