<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

use FreePBX\modules\Backup\BackupBase;

/** What FreePBX's backup keeps of this module: settings and steps; Asterisk's file is written anew from them. */
class Backup extends BackupBase
{
    public function runBackup($id, $transaction)
    {
        $configuration = $this->FreePBX->Urahelpdesk->configuration();
        $this->addDependency('core');
        $this->addDependency('queues');
        // FreePBX warns of a dependency that isn't enabled.
        if (($configuration['settings']['time_condition'] ?? '') !== '') {
            $this->addDependency('timeconditions');
        }
        $this->addConfigs($configuration);
    }
}
