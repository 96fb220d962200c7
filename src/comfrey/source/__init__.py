"""The user's tree: list, parse, resolve, evaluate, edit. The only room that opens or edits user files."""
