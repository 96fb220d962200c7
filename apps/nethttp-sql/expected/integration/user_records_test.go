package integration

import (
	"testing"
)

func TestStoresAUserWithWhatIsRequiredAndFillsInRole(t *testing.T) {
	cleanDB(t)

	user := insert(t, "users", row{
		"email":         "tomas@example.com",
		"name":          "Tomas Berg",
		"password_hash": hashed("Violet-Harbour-42"),
	})

	found := queryRow(t, "SELECT * FROM users WHERE id = ?", user["id"])

	equal(t, found["email"], "tomas@example.com")
	equal(t, found["name"], "Tomas Berg")
	equal(t, found["role"], "customer")
}

func TestFindsAUserByIdAndEmail(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)
	createTestUser(t)

	found := queryRow(t, "SELECT * FROM users WHERE id = ?", user["id"])

	equal(t, found["id"], user["id"])

	foundByEmail := queryRow(t, "SELECT * FROM users WHERE email = ?", user["email"])

	equal(t, foundByEmail["id"], user["id"])
}

func TestChangesOnlyTheNameOfAUser(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)
	createTestUser(t)
	before := snapshot(t, "users", "-users.name")

	update(t, "users", row{"id": user["id"]}, row{"name": "Tomas Berg"})

	savedUser := findRow(t, "users", row{"id": user["id"]})
	equal(t, savedUser["name"], "Tomas Berg")
	equal(t, snapshot(t, "users", "-users.name"), before)
}

func TestChangesTheNameAndEmailOfAUserTogether(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)
	createTestUser(t)
	before := snapshot(t, "users", "-users.email", "-users.name")

	update(t, "users", row{"id": user["id"]}, row{
		"name":  "Tomas Berg",
		"email": "tomas@example.com",
	})

	savedUser := findRow(t, "users", row{"id": user["id"]})
	contains(t, savedUser, object{"name": "Tomas Berg", "email": "tomas@example.com"})
	equal(t, snapshot(t, "users", "-users.email", "-users.name"), before)
}

func TestRemovesAUserAndNoOther(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)
	otherUser := createTestUser(t)

	remove(t, "users", row{"id": user["id"]})

	equal(t, countRows(t, "users", row{"id": user["id"]}), 0)
	equal(t, countRows(t, "users", row{"id": otherUser["id"]}), 1)
}

func TestRefusesTwoUsersWithTheSameEmail(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)

	_, err := tryInsert("users", row{
		"name":          "Tomas Berg",
		"password_hash": hashed("Violet-Harbour-42"),
		"email":         user["email"],
	})
	refused(t, err, "unique")
}

func TestRefusesAUserWithoutARequiredField(t *testing.T) {
	tests := []struct {
		scenario string
		email    any
		name     any
	}{
		{"no email", nil, "Tomas Berg"},
		{"no name", "tomas@example.com", nil},
	}
	for _, tc := range tests {
		t.Run(tc.scenario, func(t *testing.T) {
			cleanDB(t)

			_, err := tryInsert("users", row{
				"email":         tc.email,
				"name":          tc.name,
				"password_hash": hashed("Violet-Harbour-42"),
			})
			refused(t, err, "not_null")
		})
	}
}
