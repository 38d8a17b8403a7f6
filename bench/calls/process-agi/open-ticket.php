#!/usr/bin/php
<?php
/** The call by PHP as this system has it installed: every process loads its configuration and its extensions. */
require __DIR__ . '/conversation.php';
