package integration

import (
	"testing"
)

func TestStoresAReviewWithWhatIsRequired(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	user := createTestUser(t)

	review := insert(t, "reviews", row{"book_id": book["id"], "user_id": user["id"], "rating": 2})

	found := queryRow(t, "SELECT * FROM reviews WHERE id = ?", review["id"])

	equal(t, found["book_id"], book["id"])
	equal(t, found["user_id"], user["id"])
	equal(t, found["rating"], 2)
	equal(t, found["body"], nil)
}

func TestFindsAReviewById(t *testing.T) {
	cleanDB(t)
	review := seedReview(t)
	seedReview(t)

	found := queryRow(t, "SELECT * FROM reviews WHERE id = ?", review["id"])

	equal(t, found["id"], review["id"])
}

func TestChangesOnlyTheRatingOfAReview(t *testing.T) {
	cleanDB(t)
	review := seedReview(t)
	seedReview(t)
	before := snapshot(t, "reviews", "-reviews.rating")

	update(t, "reviews", row{"id": review["id"]}, row{"rating": 2})

	savedReview := findRow(t, "reviews", row{"id": review["id"]})
	equal(t, savedReview["rating"], 2)
	equal(t, snapshot(t, "reviews", "-reviews.rating"), before)
}

func TestChangesTheRatingAndBodyOfAReviewTogether(t *testing.T) {
	cleanDB(t)
	review := seedReview(t)
	seedReview(t)
	before := snapshot(t, "reviews", "-reviews.body", "-reviews.rating")

	update(t, "reviews", row{"id": review["id"]}, row{
		"rating": 2,
		"body":   "A little slow at first.",
	})

	savedReview := findRow(t, "reviews", row{"id": review["id"]})
	contains(t, savedReview, object{"rating": 2, "body": "A little slow at first."})
	equal(t, snapshot(t, "reviews", "-reviews.body", "-reviews.rating"), before)
}

func TestRemovesAReviewAndNoOther(t *testing.T) {
	cleanDB(t)
	review := seedReview(t)
	otherReview := seedReview(t)

	remove(t, "reviews", row{"id": review["id"]})

	equal(t, countRows(t, "reviews", row{"id": review["id"]}), 0)
	equal(t, countRows(t, "reviews", row{"id": otherReview["id"]}), 1)
}

func TestRefusesTwoReviewsWithTheSameBookAndUser(t *testing.T) {
	cleanDB(t)
	review := seedReview(t)

	_, err := tryInsert("reviews", row{
		"rating":  2,
		"book_id": review["book_id"],
		"user_id": review["user_id"],
	})
	refused(t, err, "unique")
}

func TestRefusesAReviewWithoutARequiredField(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	user := createTestUser(t)

	_, err := tryInsert("reviews", row{"book_id": book["id"], "user_id": user["id"], "rating": nil})
	refused(t, err, "not_null")
}

func TestRefusesAReviewOutsideItsChecks(t *testing.T) {
	tests := []struct {
		name   string
		rating int
	}{
		{"a rating of 0", 0},
		{"a rating of 6", 6},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cleanDB(t)
			book := seedBook(t)
			user := createTestUser(t)

			_, err := tryInsert("reviews", row{
				"book_id": book["id"],
				"user_id": user["id"],
				"rating":  tc.rating,
			})
			refused(t, err, "check")
		})
	}
}

func TestCountsAndSumsOnlyTheReviewsOfOneBook(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)
	seedReview(t, row{"book_id": book["id"], "rating": 4})
	seedReview(t, row{"book_id": book["id"], "rating": 2})
	seedReview(t, row{"rating": 4})

	count := queryValue(t, "SELECT COUNT(*) FROM reviews WHERE book_id = ?", book["id"])

	total := queryValue(t, "SELECT SUM(rating) FROM reviews WHERE book_id = ?", book["id"])

	equal(t, count, 2)
	equal(t, total, 6)
}

func TestSlicesReviewsInTheOrderOfRating(t *testing.T) {
	cleanDB(t)
	seedReview(t, row{"rating": 4})
	seedReview(t, row{"rating": 2})
	seedReview(t, row{"rating": 5})

	found := queryRows(t, "SELECT * FROM reviews ORDER BY rating LIMIT 1 OFFSET 1")

	equal(t, pluck(found, "rating"), list{4})
}
