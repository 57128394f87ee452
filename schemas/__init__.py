"""What data looks like, coming in and going out. Knows neither Flask nor the database nor geo."""
