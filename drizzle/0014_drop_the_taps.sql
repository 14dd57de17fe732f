-- Drop the taps: the riders hold them.
DROP TABLE "transit"."taps" CASCADE;
