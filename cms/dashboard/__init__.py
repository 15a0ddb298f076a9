"""The first page of the admin for those who keep pages and documents, and their guide."""
