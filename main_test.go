package main

import (
	"testing"

	"tuckshop/internal/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }
