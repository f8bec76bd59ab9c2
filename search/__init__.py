"""What is indexed, how it is asked, and two engines that answer alike under the access policy."""
