"""Files to upload, to download and to look at: zips, built-in datasets, a video."""
