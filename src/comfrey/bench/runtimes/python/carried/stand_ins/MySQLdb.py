"""mysqlclient's module, spoken by PyMySQL: the same interface, without a C library
(https://pymysql.readthedocs.io/en/latest/modules/index.html)."""

# mypy: ignore-errors

import sys

import pymysql
import pymysql.constants.CLIENT
import pymysql.constants.ER
import pymysql.constants.FIELD_TYPE
import pymysql.converters
import pymysql.cursors
import pymysql.err

pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.__version__ = "2.2.7"

for name, module in list(sys.modules.items()):
    if name == "pymysql" or name.startswith("pymysql."):
        sys.modules[__name__ + name.removeprefix("pymysql")] = module
sys.modules[__name__ + "._exceptions"] = pymysql.err
sys.modules["_mysql"] = pymysql
