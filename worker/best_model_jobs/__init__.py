"""What exports and evaluations share: claimed rows one after the other, linked files of the run, a child process."""
