-- +goose Up
-- The job library finds jobs by their arguments through these. The shop never
-- does, and every change of a job's state would write to both again.
DROP INDEX IF EXISTS river_job_args_index;
DROP INDEX IF EXISTS river_job_metadata_index;
