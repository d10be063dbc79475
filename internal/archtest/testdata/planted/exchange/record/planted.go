package record

import _ "github.com/cedar-policy/cedar-go"
