-- Runs once, on the node that begins the cluster.
CREATE ROLE usermanagement LOGIN PASSWORD '@DATABASE_PASSWORD@';
CREATE DATABASE usermanagement OWNER usermanagement;
