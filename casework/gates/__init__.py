"""Gates: rules "not before…", pure functions of a frozen `CaseView`, one file a family, listed in docs/gates.md."""
