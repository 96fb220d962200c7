"""What each rule of class-validator says of a value, in the words of a schema."""

from __future__ import annotations

import re
from typing import Any

from comfrey.stacks import shelf

RULES: dict[str, dict[str, Any]] = {
    "IsString": {"type": "string"},
    "IsNumber": {"type": "number"},
    "IsInt": {"type": "integer"},
    "IsBoolean": {"type": "boolean"},
    "IsDate": {"type": "string", "format": "date-time"},
    "IsDateString": {"type": "string", "format": "date-time"},
    "IsISO8601": {"type": "string", "format": "date-time"},
    "IsEmail": {"type": "string", "format": "email"},
    "IsUrl": {"type": "string", "format": "uri"},
    "IsUUID": {"type": "string", "format": "uuid"},
    "IsIP": {"type": "string", "format": "ipv4"},
    "IsArray": {"type": "array"},
    "IsObject": {"type": "object"},
    "IsMongoId": {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"},
    "IsAlpha": {"type": "string", "pattern": "^[a-zA-Z]+$"},
    "IsAlphanumeric": {"type": "string", "pattern": "^[a-zA-Z0-9]+$"},
    "IsPositive": {"exclusive_minimum": 0},
    "IsNegative": {"exclusive_maximum": 0},
    "IsNotEmpty": {"min_length": 1},
    "ArrayNotEmpty": {"min_length": 1},
    "ArrayUnique": {"unique_items": True},
    "IsNumberString": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"},
    "IsRFC3339": {"type": "string", "format": "date-time"},
    "IsBooleanString": {"type": "string", "enum": ("true", "false", "1", "0")},
    "IsHexColor": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
    "IsHexadecimal": {"type": "string", "pattern": "^[0-9a-fA-F]+$"},
    "IsMilitaryTime": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "IsPort": {"type": "string", "pattern": "^[1-9][0-9]{3}$"},
    "IsSemVer": {"type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$"},
    "IsFQDN": {"type": "string", "pattern": "^[a-z]{4,12}\\.example\\.com$"},
    "IsBase64": {"type": "string", "pattern": "^([a-zA-Z0-9+/]{4})+$"},
    "IsLowercase": {"type": "string", "pattern": "^[^A-Z]+$"},
    "IsUppercase": {"type": "string", "pattern": "^[^a-z]+$"},
    "IsISO31661Alpha2": {"type": "string", "pattern": "^(DE|ES|FR|IT)$"},
    "IsISO31661Alpha3": {"type": "string", "pattern": "^(DEU|ESP|FRA|ITA)$"},
    "IsISO4217CurrencyCode": {"type": "string", "pattern": "^(EUR|GBP|USD)$"},
    "IsLocale": {"type": "string", "pattern": "^(de|en|fr)$"},
    "IsTimeZone": {"type": "string", "pattern": "^(Europe/Berlin|Asia/Tokyo)$"},
}
BOUNDS = {
    "Min": "minimum",
    "Max": "maximum",
    "MinLength": "min_length",
    "MaxLength": "max_length",
    "ArrayMinSize": "min_length",
    "ArrayMaxSize": "max_length",
    "IsDivisibleBy": "multiple_of",
}
HARMLESS = ("NotEquals", "IsNotIn", "ArrayNotContains", "IsNotEmptyObject", "IsAscii")
"""Rules that no believable value falls to."""
UNTYPED = ("IsNotEmpty", "IsDefined", "IsOptional", "NotEquals", "IsNotIn", "Expose")
"""Rules that values of any type may pass."""
TYPED = ("string", "integer", "number", "boolean")
LOCALE = re.compile(r"^[a-z]{2}-([A-Z]{2})$")
"""How `IsMobilePhone` names a country."""
ANYWHERE = "US"
"""Whose numbers stand for any country's."""


def phone(said: object) -> str | None:
    """The pattern of numbers that are valid in the country of a region or a locale; None for one that is not known."""
    found = LOCALE.match(said) if isinstance(said, str) else None
    region = found[1] if found else said
    country = region if isinstance(region, str) and region != "any" else ANYWHERE
    folder = shelf.folder("validators", "class_validator")
    stem = folder.about.data["phones"].get(country) if folder is not None else None
    return f"^{re.escape(stem)}[0-9]$" if stem else None
