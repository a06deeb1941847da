package admin

// GonePage shows what was typed for something that a colleague deleted.
type GonePage struct {
	Frame Frame
	What  string        // "collection"
	Anew  string        // address that makes it anew with what was typed; empty where none does
	List  string        // address of what there still is
	Typed []ConflictRow // of which Theirs is empty
	Form  [][2]string   // what was sent, to be sent again
}
