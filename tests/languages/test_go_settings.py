"""By which variables a Go program is told its settings, whichever package reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey import reader
from comfrey.source.tree import open_tree

SERVED = """
	http.HandleFunc("GET /ping", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	http.ListenAndServe(at, nil)
}
"""
ENVCONFIG = """
import "github.com/kelseyhightower/envconfig"

type Common struct {
	LogLevel string `split_words:"true" default:"info"`
}

type Settings struct {
	Common
	At       string `default:":9000"`
	Timetable string `envconfig:"TIMETABLE_URL" required:"true"`
	Tram     struct {
		DepotName string `split_words:"true"`
	}
	Secret string `ignored:"true"`
}

func main() {
	var s Settings
	envconfig.MustProcess("city", &s)
	at := s.At
"""
ENV = """
import "github.com/caarlos0/env/v11"

type Line struct {
	Name string `env:"NAME,required"`
}

type Settings struct {
	At   string `env:"AT" envDefault:":9000"`
	Line Line   `envPrefix:"LINE_"`
}

func main() {
	var s Settings
	env.ParseWithOptions(&s, env.Options{Prefix: "CITY_"})
	at := s.At
"""
SETHVARGO = """
import "github.com/sethvargo/go-envconfig"

type Settings struct {
	At   string `env:"AT, default=:9000"`
	Line Line   `env:", prefix=LINE_"`
}

type Line struct {
	Name string `env:"NAME, required"`
}

func main() {
	var s Settings
	envconfig.Process(context.Background(), &s)
	at := s.At
"""
KOANF = """
import (
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/v2"
)

type Settings struct {
	At   string `koanf:"at"`
	Line struct {
		Name string `koanf:"name"`
	} `koanf:"line"`
}

func main() {
	k := koanf.New(".")
	k.Load(confmap.Provider(map[string]any{"at": ":9000"}, "."), nil)
	k.Load(env.Provider("CITY_", ".", func(s string) string { return strings.ReplaceAll(s, "__", ".") }), nil)
	var s Settings
	k.Unmarshal("", &s)
	at, secret := s.At, k.String("line.secret")
	_ = secret
"""
VIPER = """
import "github.com/spf13/viper"

func main() {
	v := viper.New()
	v.SetEnvPrefix("city")
	v.AutomaticEnv()
	v.SetDefault("at", ":9000")
	at := v.GetString("at")
"""
FLAGS = """
func main() {
	var s struct {
		at, line string
	}
	flag.StringVar(&s.at, "at", os.Getenv("CITY_AT"), "where to listen")
	flag.Parse()
	at := s.at
"""
SEALED = """
func main() {
	at := os.Getenv("CITY_AT")
	key, err := hex.DecodeString(os.Getenv("CITY_SEAL"))
	if err != nil {
		panic(err)
	}
	aes.NewCipher(key)
"""
SAID = (
    ("envconfig", ENVCONFIG, {
        "CITY_LOG_LEVEL": "info", "CITY_AT": ":9000", "CITY_TIMETABLE_URL": "!", "CITY_TRAM_DEPOT_NAME": None,
    }),
    ("env", ENV, {"CITY_AT": ":9000", "CITY_LINE_NAME": "!"}),
    ("sethvargo", SETHVARGO, {"AT": ":9000", "LINE_NAME": "!"}),
    ("koanf", KOANF, {"CITY_AT": ":9000", "CITY_LINE__NAME": None, "CITY_LINE__SECRET": None}),
    ("viper", VIPER, {"CITY_AT": ":9000"}),
    ("hex", SEALED, {"CITY_AT": None, "CITY_SEAL": "!"}),
    ("flag", FLAGS, {"CITY_AT": None}),
)  # fmt: skip
"""Name → default; `!` for one that must be there."""


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in SAID], ids=[e[0] for e in SAID]
)
def test_the_variables_are_those_that_the_package_asks_for(
    tmp_path: Path, text: str, expected: dict[str, str | None]
) -> None:
    (tmp_path / "go.mod").write_text("module example.com/city\n\ngo 1.24\n")
    own = 'import (\n\t"context"\n\t"crypto/aes"\n\t"encoding/hex"\n\t"flag"\n\t"net/http"\n\t"os"\n\t"strings"\n)\n'
    (tmp_path / "main.go").write_text(f"package main\n\n{own}{text}{SERVED}")

    found = reader.read(open_tree(tmp_path)).apps[0].settings

    assert {each.name: "!" if each.required else each.default for each in found} == expected
