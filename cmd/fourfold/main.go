// Command fourfold is a Fourfold node: the program a shelter, a police unit or a national
// rapporteur runs. Everything it does is in internal/cli; trust assumptions are stated there.
package main

import (
	"os"

	"github.com/fourfold/fourfold/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
