package integration

import (
	"fmt"
	"strings"
	"testing"
)

func TestUpdatesAReview(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": user["id"]})

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": 2},
	})

	wantStatus(t, response, 200)
	equal(t, response.at("rating"), 2)
	savedReview := findRow(t, "reviews", row{"id": review["id"]})
	equal(t, savedReview["rating"], 2)
}

func TestRefusesToChangeAReviewThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedReview(t, row{"user_id": user["id"]})
	before := snapshot(t, "reviews")

	response := server.call(t, "PATCH", "/api/v1/reviews/999999", request{
		auth: signIn(t, user),
		body: object{"rating": 2},
	})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "reviews"), before)
}

func TestChangesNothingElseOfAReview(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": user["id"], "body": "Could not put it down."})

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": 2},
	})

	wantStatus(t, response, 200)
	savedReview := findRow(t, "reviews", row{"id": review["id"]})
	contains(t, savedReview, object{"rating": 2, "body": review["body"]})
}

func TestRefusesAnInvalidChangeOfAReview(t *testing.T) {
	tests := []struct {
		name  string
		field string
		value any
	}{
		{"a rating that is no number", "rating", "plenty"},
		{"a rating of 0", "rating", 0},
		{"a rating of 6", "rating", 6},
		{"a body that is no text", "body", object{"text": "amber"}},
		{"a body of 2001 characters", "body", strings.Repeat("x", 2001)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)
			review := seedReview(t, row{"user_id": user["id"]})
			before := snapshot(t, "reviews")

			response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
				auth: signIn(t, user),
				body: altered(object{"rating": 2}, tc.field, tc.value),
			})

			wantStatus(t, response, 400)
			equal(t, snapshot(t, "reviews"), before)
		})
	}
}

func TestNeverEmptiesARequiredFieldOfAReview(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": user["id"]})

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": nil},
	})

	wantStatus(t, response, 200, 400)
	savedReview := findRow(t, "reviews", row{"id": review["id"]})
	equal(t, savedReview["rating"], review["rating"])
}

func TestRefusesAMalformedKeyInThePathFromAUserOfReviews(t *testing.T) {
	tests := []struct {
		name   string
		method string
		path   string
	}{
		{"PATCH /api/v1/reviews/{id}", "PATCH", "/api/v1/reviews/not-a-number"},
		{"DELETE /api/v1/reviews/{id}", "DELETE", "/api/v1/reviews/not-a-number"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server := setupTestServer(t)
			user := createTestUser(t)

			response := server.call(t, tc.method, tc.path, request{auth: signIn(t, user)})

			wantStatus(t, response, 400)
		})
	}
}

func TestRefusesAUserWhoUpdatesAReviewOfAnother(t *testing.T) {
	server := setupTestServer(t)
	otherUser := createTestUser(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": otherUser["id"]})
	before := snapshot(t, "reviews")

	response := server.call(t, "PATCH", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
		body: object{"rating": 2},
	})

	wantStatus(t, response, 403)
	equal(t, snapshot(t, "reviews"), before)
}

func TestDeletesAReviewAndNoOther(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": user["id"]})
	otherReview := seedReview(t)

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 204)
	equal(t, countRows(t, "reviews", row{"id": review["id"]}), 0)
	equal(t, countRows(t, "reviews", row{"id": otherReview["id"]}), 1)
}

func TestRefusesToDeleteAReviewThatIsNotThere(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	seedReview(t, row{"user_id": user["id"]})
	before := snapshot(t, "reviews")

	response := server.call(t, "DELETE", "/api/v1/reviews/999999", request{auth: signIn(t, user)})

	wantStatus(t, response, 404)
	equal(t, snapshot(t, "reviews"), before)
}

func TestHasNoReviewLeftToDeleteASecondTime(t *testing.T) {
	server := setupTestServer(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": user["id"]})

	first := server.call(t, "DELETE", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
	})

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, first, 204)
	wantStatus(t, response, 404)
}

func TestRefusesAUserWhoDeletesAReviewOfAnother(t *testing.T) {
	server := setupTestServer(t)
	otherUser := createTestUser(t)
	user := createTestUser(t)
	review := seedReview(t, row{"user_id": otherUser["id"]})
	before := snapshot(t, "reviews")

	response := server.call(t, "DELETE", fmt.Sprintf("/api/v1/reviews/%v", review["id"]), request{
		auth: signIn(t, user),
	})

	wantStatus(t, response, 403)
	equal(t, snapshot(t, "reviews"), before)
}
