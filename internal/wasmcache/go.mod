module cache.ocopflow.invalid

go 1.26.0
