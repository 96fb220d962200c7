"""Go: how its handlers answer and ask for rows, whatever their framework is."""
