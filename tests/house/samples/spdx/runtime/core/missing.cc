// A file without a licence.
