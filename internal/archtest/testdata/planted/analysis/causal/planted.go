package causal

import _ "gonum.org/v1/gonum/mat"
