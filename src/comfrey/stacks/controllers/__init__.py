"""Controllers that say by decorators what they serve and take: `@Get("/:id") one(@Param("id") id)`."""
