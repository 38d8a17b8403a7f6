<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

use FreePBX\modules\Backup\BackupBase;

/** What FreePBX's backup keeps of this module: settings and steps; Asterisk's file is written anew from them. */
class Backup extends BackupBase
{
    public function runBackup($id, $transaction)
    {
        $this->addDependency('core');
        $this->addDependency('queues');
        $this->addDependency('timeconditions');
        $this->addConfigs($this->FreePBX->Urahelpdesk->configuration());
    }
}
