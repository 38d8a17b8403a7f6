#!/usr/bin/php -n
<?php
/** The call by the leanest PHP there is: no configuration, no extension. */
require __DIR__ . '/conversation.php';
