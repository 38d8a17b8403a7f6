<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

use FreePBX\modules\Backup\RestoreBase;

/** Brings back what {@see Backup} kept. FreePBX has emptied the module before. */
class Restore extends RestoreBase
{
    public function runRestore()
    {
        foreach ($this->FreePBX->Urahelpdesk->restoreConfiguration($this->getConfigs()) as $leftOut) {
            $this->log($leftOut, 'WARNING');
        }
    }

    /** Backups older than this module hold nothing of it. */
    public function processLegacy($pdo, $data, $tables, $unknownTables)
    {
    }
}
