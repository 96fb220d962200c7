// Package search asks the search service.
package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"example.com/bookshop/internal/config"
)

// Client talks to the search service.
type Client struct {
	cfg  config.Search
	http *http.Client
}

// New searches through the service of the settings.
func New(cfg config.Search) *Client {
	return &Client{cfg: cfg, http: &http.Client{Timeout: cfg.Timeout}}
}

// Result is one page of hits, best match first.
type Result struct {
	IDs   []int64
	Total int64
}

type answer struct {
	Hits *struct {
		Total *struct {
			Value int64 `json:"value"`
		} `json:"total"`
		Hits []struct {
			ID string `json:"_id"`
		} `json:"hits"`
	} `json:"hits"`
}

// Books finds the books whose title matches.
func (c *Client) Books(ctx context.Context, text string, from, size int) (Result, error) {
	query, err := json.Marshal(map[string]any{
		"query":   map[string]any{"match": map[string]any{"title": text}},
		"from":    from,
		"size":    size,
		"_source": false,
	})
	if err != nil {
		return Result{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL+"/books/_search", bytes.NewReader(query))
	if err != nil {
		return Result{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "ApiKey "+c.cfg.APIKey)
	response, err := c.http.Do(request)
	if err != nil {
		return Result{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Result{}, fmt.Errorf("search service: status %d", response.StatusCode)
	}
	var found answer
	if err := json.NewDecoder(response.Body).Decode(&found); err != nil {
		return Result{}, fmt.Errorf("search service: %w", err)
	}
	if found.Hits == nil || found.Hits.Total == nil {
		return Result{}, errors.New("search service: odd answer")
	}
	result := Result{Total: found.Hits.Total.Value}
	for _, hit := range found.Hits.Hits {
		id, err := strconv.ParseInt(hit.ID, 10, 64)
		if err != nil {
			return Result{}, fmt.Errorf("search service: odd id: %w", err)
		}
		result.IDs = append(result.IDs, id)
	}
	return result, nil
}
